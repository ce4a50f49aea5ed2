/** The only style sheet; no picture, font or script comes from elsewhere. Colour never says anything alone: the word stands beside it. */
export const STYLE = `
:root{color-scheme:light dark;--bg:#f4f5f7;--card:#fff;--ink:#1c2433;--soft:#555f70;--line:#d9dee6;--brand:#a33d17;--tint:#fbeee8;--link:#1a56ad;--good:#176b45;--bad:#b3261e;--wait:#7a5200}
@media (prefers-color-scheme:dark){:root{--bg:#12161d;--card:#1b212b;--ink:#e6eaf1;--soft:#a5afc0;--line:#364152;--brand:#f5a07c;--tint:#33241d;--link:#9cc0fa;--good:#7bd6a8;--bad:#ff9d94;--wait:#f0c674}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
a{color:var(--link)}a:focus-visible,button:focus-visible,input:focus-visible,select:focus-visible,summary:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.skip{position:absolute;left:-999px}.skip:focus{left:8px;top:8px;background:var(--card);padding:8px}
header{background:var(--card);border-bottom:1px solid var(--line);padding:10px 20px;display:flex;flex-wrap:wrap;gap:8px 20px;align-items:center}
.brand{font-weight:700;color:var(--brand);font-size:18px;text-decoration:none}
form[role=search]{flex:1 1 260px;display:flex;gap:6px;max-width:640px}form[role=search] input{flex:1;min-width:0}
nav{flex-basis:100%}nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:4px;margin:0;padding:0}
nav a{display:block;padding:4px 12px;border-radius:999px;text-decoration:none;color:var(--soft)}nav a[aria-current]{background:var(--tint);color:var(--brand);font-weight:600}
main{max-width:1180px;margin:0 auto;padding:20px}footer{max-width:1180px;margin:0 auto;padding:0 20px 32px;color:var(--soft);font-size:13.5px}
h1{font-size:22px;margin:0 0 12px;overflow-wrap:anywhere}h2{font-size:16px;margin:24px 0 8px}
.card{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:14px 16px;overflow-x:auto}
.sum{display:flex;flex-wrap:wrap;gap:8px 14px;align-items:baseline;font-size:17px}.sum b{font-size:24px;font-variant-numeric:tabular-nums}.sum a{text-decoration:none}
.good{color:var(--good)}.bad{color:var(--bad)}.wait{color:var(--wait)}.soft{color:var(--soft)}
table{border-collapse:collapse;width:100%;font-size:14px}th{text-align:left;color:var(--soft);font-weight:600;white-space:nowrap}th,td{padding:6px 12px 6px 0;border-top:1px solid var(--line);vertical-align:top}thead th{border-top:0}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
td{overflow-wrap:anywhere}td a,td code{white-space:nowrap}td code.long{white-space:normal}time{white-space:nowrap}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:4px 18px;margin:0}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
code,pre{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}pre{overflow:auto;margin:8px 0}code{overflow-wrap:anywhere}
button,input,select{font:inherit;color:inherit;background:var(--card);border:1px solid var(--line);border-radius:8px;padding:5px 12px}button{cursor:pointer}.primary{background:var(--brand);border-color:var(--brand);color:var(--bg)}
.filter{display:flex;flex-wrap:wrap;gap:8px;margin:0 0 14px}.filter label{display:grid;font-size:12.5px;color:var(--soft)}
.steps{list-style:none;margin:0}.steps li{margin:0 0 10px}.steps li:last-child{margin:0}
.acts{display:flex;flex-wrap:wrap;gap:8px}.acts:not(:empty){margin:14px 0 0}.pages{display:flex;gap:16px;margin:14px 0 0}
progress{width:160px}
textarea{width:100%;font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;color:inherit;background:var(--card);border:1px solid var(--line);border-radius:8px;padding:8px}pre.letter{white-space:pre-wrap;overflow-wrap:anywhere;max-height:60vh}iframe.letter{display:block;width:100%;height:60vh;padding:0;resize:vertical;background:#fff}
.trend{display:block}.trend rect{fill:var(--soft)}
tr:focus-within{background:var(--tint)}
.keys{background:var(--card);color:var(--ink);border:1px solid var(--line);border-radius:10px;padding:18px 22px}kbd{font:13px/1 ui-monospace,Menlo,Consolas,monospace;border:1px solid var(--line);border-radius:5px;padding:2px 7px}
@media (max-width:640px){main{padding:14px}header{padding:10px 14px}dl{grid-template-columns:1fr;gap:0}dd{margin:0 0 8px}}
`;
