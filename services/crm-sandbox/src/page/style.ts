/** The page's only style sheet; no picture or font comes from elsewhere. */
export const STYLE = `
:root{color-scheme:light dark;--bg:#f4f5f7;--card:#fff;--ink:#1c2433;--soft:#5b6577;--line:#e1e5eb;--brand:#b4471f;--tint:#fbeee8;--link:#1f5fbf;--mail:#2f6fde;--task:#8a5cc9;--deal:#1d8a6b}
@media (prefers-color-scheme:dark){:root{--bg:#12161d;--card:#1b212b;--ink:#e6eaf1;--soft:#98a3b5;--line:#2c3542;--brand:#f08a5d;--tint:#33241d;--link:#8ab4f8;--mail:#7aa7f7;--task:#bb98ee;--deal:#5cc9a7}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","PingFang SC","Hiragino Sans","Microsoft YaHei","Noto Sans CJK SC","Noto Sans CJK JP","Noto Sans CJK KR",sans-serif}
a{color:var(--link);text-decoration:none}a:hover{text-decoration:underline}
header{background:var(--card);border-bottom:1px solid var(--line)}
header>div,main{max-width:1080px;margin:0 auto;padding:0 20px}
header>div{display:flex;align-items:center;gap:8px 24px;flex-wrap:wrap;padding-top:12px;padding-bottom:12px}
.brand{font-weight:700;color:var(--brand);font-size:17px}
nav{display:flex;gap:4px;flex-wrap:wrap}
nav a{padding:5px 12px;border-radius:999px;color:var(--soft)}nav a[aria-current]{background:var(--tint);color:var(--brand);font-weight:600}
nav a b{font-weight:500;opacity:.75;margin-left:4px;font-variant-numeric:tabular-nums}
main{padding-top:24px;padding-bottom:48px}
h1{font-size:22px;line-height:1.25;margin:0 0 4px;overflow-wrap:anywhere}h2{font-size:13px;text-transform:uppercase;letter-spacing:.05em;color:var(--soft);margin:0 0 10px}
.lead{color:var(--soft);margin:0 0 18px}
.card{background:var(--card);border:1px solid var(--line);border-radius:12px}
.rows{list-style:none;margin:0;padding:0}.rows li{border-top:1px solid var(--line)}.rows li:first-child{border-top:0}
.rows a{display:grid;grid-template-columns:auto minmax(0,1fr) auto;gap:14px;align-items:center;padding:12px 16px;color:inherit}.rows a:hover{background:var(--tint);text-decoration:none}
.face{width:40px;height:40px;border-radius:50%;display:grid;place-items:center;font-weight:600;font-size:14px;background:var(--tint);color:var(--brand);flex:none}
.name{font-weight:600;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}.soft{color:var(--soft);font-size:13.5px;overflow-wrap:anywhere}
.rows .soft{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}.right{text-align:right;font-size:13px;color:var(--soft);white-space:nowrap}
.record{display:grid;grid-template-columns:300px minmax(0,1fr);gap:20px;align-items:start}
.side{display:grid;gap:16px}.side .card{padding:16px}
.who{display:flex;gap:14px;align-items:center;margin-bottom:14px}.who>div:last-child{min-width:0}
dl{margin:0;display:grid;gap:8px}dt{color:var(--soft);font-size:12.5px}dd{margin:0;overflow-wrap:anywhere}
.stack{list-style:none;margin:0;padding:0;display:grid;gap:10px}
.tag{display:inline-block;padding:1px 9px;border-radius:999px;font-size:12px;background:var(--tint);color:var(--brand);margin:3px 4px 0 0}
.timeline{list-style:none;margin:0;padding:0 0 0 22px;border-left:2px solid var(--line);display:grid;gap:16px}
.timeline>li{position:relative;padding:16px}
.timeline>li::before{content:"";position:absolute;left:-34px;top:18px;width:14px;height:14px;border-radius:50%;background:var(--mail);border:3px solid var(--bg)}
.timeline>li.task::before{background:var(--task)}.timeline>li.deal::before{background:var(--deal)}
.meta{display:flex;justify-content:space-between;gap:4px 16px;flex-wrap:wrap;color:var(--soft);font-size:13px}
.subject{font-weight:600;font-size:16px;margin:4px 0 2px;overflow-wrap:anywhere}
pre{font:inherit;white-space:pre-wrap;overflow-wrap:anywhere;margin:12px 0 0;max-height:22em;overflow:auto}
.files{display:flex;flex-wrap:wrap;gap:8px;margin:12px 0 0;padding:0;list-style:none}
.files a{display:inline-flex;gap:8px;align-items:baseline;border:1px solid var(--line);border-radius:8px;padding:5px 10px;font-size:13.5px;max-width:100%;overflow-wrap:anywhere}
.files small{color:var(--soft);white-space:nowrap}
details{margin-top:12px;font-size:13.5px}summary{cursor:pointer;color:var(--soft)}
iframe{width:100%;height:320px;border:1px solid var(--line);border-radius:8px;background:#fff;margin-top:8px}
details dl{grid-template-columns:max-content minmax(0,1fr);gap:4px 14px;margin-top:8px}
.empty{padding:40px 20px;text-align:center;color:var(--soft)}
@media (max-width:760px){.record{grid-template-columns:minmax(0,1fr)}main{padding-top:16px}header>div,main{padding-left:14px;padding-right:14px}.rows a{padding:12px;gap:12px}.rows .right{grid-column:2;text-align:left;margin-top:-8px}.timeline{padding-left:16px}.timeline>li{padding:14px}.timeline>li::before{left:-28px}}
`;
