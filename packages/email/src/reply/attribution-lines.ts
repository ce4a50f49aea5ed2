/** How mail programs of a language introduce a quote: `On …, X wrote:`. */
export interface AttributionLine {
  /** BCP 47. */
  readonly language: string;
  /** Words that it begins with, lower case; none where it begins with a date or a name. */
  readonly starts: readonly string[];
  /** The word of writing, lower case. */
  readonly verbs: readonly string[];
  /** Whether the writer's name (or a date) stands behind the verb: `Am … schrieb X:`. */
  readonly nameAfterVerb?: boolean;
}

/** Gathered from Gmail, Apple Mail, Outlook, Thunderbird, Yahoo, Horde, Zimbra, usenet readers. */
export const ATTRIBUTION_LINES: readonly AttributionLine[] = [
  {
    language: "en",
    starts: ["on", "at", "in message", "in article", "quoting", "posted by", "message from"],
    verbs: ["wrote", "writes", "said", "says", "sent", "wrote the following", "has written", "wrote in message"],
  },
  {
    language: "en",
    starts: ["quoting", "message from"],
    verbs: ["quoting", "message from", "wrote on", "wrote at", "wrote in"],
    nameAfterVerb: true,
  },
  {
    language: "de",
    starts: ["am", "zitat von"],
    verbs: ["schrieb", "schrieben sie", "geschrieben", "hat geschrieben"],
  },
  { language: "de", starts: ["am", "zitat von"], verbs: ["schrieb", "zitat von"], nameAfterVerb: true },
  {
    language: "fr",
    starts: ["le", "en date du", "quoting"],
    verbs: ["a écrit", "a écrit", "écrit", "a ecrit", "nous a dit", "à écrit"],
  },
  { language: "fr", starts: [], verbs: ["a écrit le", "message de"], nameAfterVerb: true },
  {
    language: "es",
    starts: ["el", "en", "a las", "citando a"],
    verbs: ["escribió", "escribio", "ha escrito", "escribiste"],
  },
  { language: "ca", starts: ["el", "missatge de"], verbs: ["va escriure", "ha escrit"] },
  { language: "ca", starts: ["missatge de"], verbs: ["del dia"], nameAfterVerb: true },
  { language: "gl", starts: ["o", "en"], verbs: ["escribiu"] },
  { language: "it", starts: ["il", "in data", "alle", "citando"], verbs: ["ha scritto", "scrisse", "scrive"] },
  { language: "pt", starts: ["em", "a", "no dia", "às", "citando"], verbs: ["escreveu", "escreveu o seguinte"] },
  {
    language: "nl",
    starts: ["op"],
    verbs: ["schreef", "geschreven", "het volgende geschreven", "schreef het volgende"],
  },
  { language: "nl", starts: ["op", "citeren"], verbs: ["schreef"], nameAfterVerb: true },
  { language: "sv", starts: ["den", "på"], verbs: ["skrev", "skrev följande"] },
  { language: "sv", starts: ["den"], verbs: ["skrev"], nameAfterVerb: true },
  { language: "da", starts: ["den", "på", "d."], verbs: ["skrev", "har skrevet", "skrev følgende"] },
  { language: "nb", starts: ["den", "på", "kl."], verbs: ["skrev", "skrev følgende"] },
  { language: "is", starts: ["þann", "á"], verbs: ["skrifaði"], nameAfterVerb: true },
  { language: "fi", starts: [], verbs: ["kirjoitti", "kirjoitti seuraavasti", "kirjoitti viestissä"] },
  { language: "et", starts: [], verbs: ["kirjutas"] },
  { language: "lv", starts: [], verbs: ["rakstīja"] },
  { language: "lt", starts: [], verbs: ["rašė"] },
  {
    language: "pl",
    starts: ["dnia", "w dniu", "użytkownik"],
    verbs: ["napisał", "napisała", "napisał(a)", "napisał/a", "pisze", "nadesłał"],
  },
  { language: "pl", starts: ["wiadomość napisana przez"], verbs: ["napisana przez"], nameAfterVerb: true },
  { language: "cs", starts: ["dne", "v"], verbs: ["napsal", "napsala", "napsal(a)", "napsal/a"] },
  { language: "sk", starts: ["dňa", "dna"], verbs: ["napísal", "napísala", "napísal(a)", "napísal/a"] },
  { language: "hu", starts: ["ekkor"], verbs: ["írta", "ezt írta", "a következőt írta", "a következőket írta"] },
  { language: "hu", starts: [], verbs: ["ezt írta (időpont", "írta"], nameAfterVerb: true },
  { language: "ro", starts: ["în", "pe", "la", "in"], verbs: ["a scris", "a scris următoarele"] },
  {
    language: "ru",
    starts: ["в", "на"],
    verbs: ["написал", "написала", "написал(а)", "написал(-а)", "пишет", "писал", "писал(а)", "вы писали"],
  },
  { language: "uk", starts: ["у", "в"], verbs: ["написав", "написала", "написав(-ла)", "пише", "писав"] },
  { language: "bg", starts: ["на"], verbs: ["написа", "пише"] },
  { language: "sr", starts: ["дана", "dana"], verbs: ["је написао/ла", "је написао", "је написала", "je napisao/la"] },
  {
    language: "hr",
    starts: ["dana"],
    verbs: ["napisao je", "napisala je", "je napisao", "je napisala", "je napisao/la"],
  },
  { language: "sl", starts: ["v", "dne"], verbs: ["je napisal", "je napisala", "napisal", "je napisal/a"] },
  { language: "sl", starts: ["oseba"], verbs: ["je oseba"], nameAfterVerb: true },
  { language: "el", starts: ["στις", "την", "την τρί", "το"], verbs: ["έγραψε", "έγραψε τα εξής", "έγραψες"] },
  {
    language: "tr",
    starts: [],
    verbs: ["şunu yazdı", "şunları yazdı", "yazdı", "tarihinde şunu yazdı", "tarihinde yazdı", "yazmış"],
  },
  { language: "he", starts: ["בתאריך", "ב-", "ב"], verbs: ["כתב/ה", "כתב", "כתבה", "כתב/ה:", "מאת"] },
  { language: "he", starts: ["בתאריך", "ב"], verbs: ["מאת", "כתב/ה", "כתב"], nameAfterVerb: true },
  { language: "ar", starts: ["في", "بتاريخ"], verbs: ["كتب", "كتبت", "كتب/كتبت", "كتب:"] },
  { language: "ar", starts: ["في"], verbs: ["تمت كتابة ما يلي بواسطة", "كتب", "كتبت", "من"], nameAfterVerb: true },
  { language: "fa", starts: ["در", "در تاریخ"], verbs: ["نوشت", "نوشته", "نوشته است"] },
  { language: "hi", starts: [], verbs: ["ने लिखा", "लिखा"] },
  { language: "bn", starts: [], verbs: ["লিখেছেন", "লিখেছে"] },
  { language: "zh-Hans", starts: ["在", "于"], verbs: ["写道", "写到", "写", "编写", "来信", "寄来"] },
  { language: "zh-Hant", starts: ["在", "於"], verbs: ["寫道", "寫到", "寫", "來信", "撰寫"] },
  {
    language: "ja",
    starts: [],
    verbs: [
      "のメッセージ",
      "のメール",
      "は書きました",
      "wrote",
      "さんは書きました",
      "が書きました",
      "からのメール",
      "より",
    ],
  },
  {
    language: "ko",
    starts: [],
    verbs: ["작성", "님이 작성", "님이 작성하였습니다", "님이 쓴 글", "님의 말", "님이 작성한 글"],
  },
  { language: "vi", starts: ["vào", "ngày", "lúc"], verbs: ["đã viết", "viết"] },
  { language: "th", starts: ["ในวันที่", "เมื่อ", "วันที่"], verbs: ["เขียนว่า", "เขียน", "ได้เขียนว่า"] },
  { language: "id", starts: ["pada", "pada tanggal", "tanggal"], verbs: ["menulis"] },
  { language: "ms", starts: ["pada"], verbs: ["menulis", "telah menulis"] },
  { language: "fil", starts: ["noong"], verbs: ["sumulat", "ay sumulat", "isinulat"] },
];
