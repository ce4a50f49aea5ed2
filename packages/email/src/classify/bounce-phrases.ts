/** What mail systems write into the subject of a bounce, by language. Exchange translates `Undeliverable`. A sign, never proof: people forward bounces. */
const SUBJECTS = [
  "undeliver(?:ed|able)|(?:non|un)-?deliverable|delivery (?:status notification|failure|has failed|problem|report|error|incomplete)|(?:mail|message) delivery (?:failed|failure|system|subsystem|error)",
  "returned mail|returned to sender|return(?:ing)? (?:message )?to sender|failure notice|mail (?:system )?(?:failed|failure|error)|(?:message|mail) (?:undeliverable|not delivered|delayed|rejected|returned)|non-?delivery",
  "delivery delayed|warning: (?:could not send|message delayed)|delayed mail|mail delayed",
  "unzustellbar|nicht zustellbar|unzustellbare|zustellung fehlgeschlagen|fehler bei der zustellung|non remis|échec de (?:la )?(?:remise|livraison)|non distribuable|non délivré",
  "no se puede entregar|no se pudo entregar|no entregado|fallo en la entrega|error de entrega|não entregue|não é possível entregar|falha na entrega|impossível entregar",
  "mancato recapito|non recapitabile|impossibile recapitare|onbestelbaar|niet bezorgd|niet afgeleverd|kan inte levereras|kunde inte levereras|olevererbart|kan ikke leveres|kunne ikke leveres|ikke leveret|ikke levert",
  "ei voitu toimittaa|toimitus epäonnistui|ei toimitettu|niedostarczaln|nie dostarczono|nie można dostarczyć|zwrot wiadomości|nedoručiteľn|nedoručiteln|nelze doručit|nebylo možné doručit",
  "kézbesíthetetlen|nem kézbesíthető|sikertelen kézbesítés|nelivrat|nu (?:a putut|se poate) (?:fi )?livra|neisporučiv|nije isporučen|ni mogoče dostaviti|nedostavljiv",
  "не доставлено|не удалось доставить|недоставленное|недоставленн|не може бути доставлен|недоставлен|teslim edilemedi|teslim edilemiyor|δεν (?:ήταν δυνατή η παράδοση|παραδόθηκε)|ανεπίδοτ",
  "無法傳遞|无法传递|未送达|無法送達|无法投递|退信|配信不能|配信失敗|配信できません|配信エラー|送信できませんでした|投递失败|投遞失敗|寄信失敗|발송 ?실패|반송|배달되지 않음|배달할 수 없|전송 실패|تعذر التسليم|غير قابل للتسليم|לא ניתן למסירה|không (?:thể gửi|gửi được)|tidak (?:terkirim|dapat dikirim)",
];

/** What they write into the text. */
const TEXTS = [
  "this is the (?:qmail-send program|mail system at host|mail agent)|i'm afraid i wasn't able to deliver your message|this message was created automatically by mail delivery software",
  "(?:a message that you sent|your (?:e-?)?(?:message|mail)|message|it) (?:could|can) ?not be delivered|could not be delivered|was not delivered to:|your message (?:to|wasn't delivered|was not delivered)|wasn't delivered to",
  "the following (?:message|recipient|address)(?:e?s)?.{0,40}(?:could not be|was not|cannot be|were not|had) (?:delivered|permanent)|delivery (?:to the following recipients? )?(?:has )?failed|did not reach the following recipient",
  "message delivery failed|permanent fatal errors|(?:failed|unable) to deliver (?:your )?(?:message|mail)|undeliverable|(?:an|there was an) error (?:occurred while trying to deliver|delivering)|address couldn't be found|mailbox (?:unavailable|(?:is )?full)",
  "no valid recipients|failed address|(?:user|recipient|host|mailbox|address) unknown|unknown (?:user|host|recipient|address|mailbox)|no such (?:user|mailbox|recipient)|(?:address|recipient) rejected|returned to (?:the )?sender|unrouteable address|does not exist",
  "konnte nicht zugestellt werden|nicht zustellbar|n'a pas pu être (?:remis|délivré|distribué)|no se (?:ha podido|pudo|puede) entregar|non è stato possibile (?:recapitare|consegnare)|impossibile recapitare|não (?:foi possível|pôde ser) entreg",
  "kon niet worden (?:bezorgd|afgeleverd)|kunde inte levereras|kunne ikke leveres|ei voitu toimittaa|nie można (?:było )?dostarczyć|nie (?:został|mogła) .{0,20}dostarcz|nebylo možné doručit|nelze doručit|nebolo možné doručiť|nem (?:sikerült|lehetett) kézbesíteni",
  "nu a putut fi livrat|nije (?:moguće|mogla biti) isporučen|ni bilo mogoče dostaviti|не (?:удалось|может быть|было) доставлен|не (?:удалось|вдалося) доставить|не вдалося доставити|teslim edilemedi|δεν ήταν δυνατή η παράδοση",
  "配信できません|配信されませんでした|送信できませんでした|被退回|退信原因|邮件地址不存在|未能送达|发送失败|發送失敗|발송에 실패|발송하지 못|존재하지 않는|无法(?:投递|送达|传递)|無法(?:投遞|送達|傳遞)|배달(?:하지 못|할 수 없|되지)|تعذر تسليم|לא ניתן היה למסור|không thể gửi|tidak dapat dikirim",
];

const DELAYS =
  "will (?:be )?(?:retry|retried|try again|keep trying|continue to try)|has not (?:yet )?been delivered|is being delayed|delayed mail|still being (?:retried|attempted)|you do not need to resend|warning message only|noch nicht zugestellt|wird weiterhin versucht|n'a pas encore été|aún no se ha (?:podido )?entreg|ainda não foi entregue|non è ancora stat|nog niet (?:bezorgd|afgeleverd)|har ännu inte|nie została jeszcze|ещё не доставлено|まだ配信|尚未(?:送达|送達)";

export const BOUNCE_SUBJECT = new RegExp(
  `(?:^|[^\\p{L}]|[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}])(?:${SUBJECTS.join("|")})`,
  "iu",
);
export const BOUNCE_TEXT = new RegExp(TEXTS.join("|"), "iu");
export const DELAY_TEXT = new RegExp(DELAYS, "iu");
