import * as asn1 from "asn1js";

/** What a CMS object is (RFC 5652, 5083, 3274): `signed` with the MIME entity inside of it, as far as it is one. */
export type Opaque =
  | { readonly kind: "signed"; readonly content: Buffer | null }
  | { readonly kind: "encrypted" | "other"; readonly content: null };

const SIGNED_DATA = "1.2.840.113549.1.7.2";
const ENCRYPTED = ["1.2.840.113549.1.7.3", "1.2.840.113549.1.9.16.1.23", "1.2.840.113549.1.7.6"];
/** A MIME entity begins with a field that says what it is; a signed PDF (`contract.pdf.p7m`) does not. */
const ENTITY =
  /^(?:[!-9;-~]{1,80}:[^\n]{0,998}\r?\n(?:[ \t][^\n]{0,998}\r?\n){0,20}){0,30}?content-[a-z-]{2,30}[ \t]*:/i;

/** Whether a file may be S/MIME by its type or name, whatever else the mail says of it. */
export function mayBeOpaque(contentType: string, filename: string | null): boolean {
  return /^application\/(?:x-)?pkcs7-mime$/.test(contentType) || /\.p7m$/i.test(filename ?? "");
}

/**
 * Opens a CMS object as far as no key is needed: the content of opaquely signed mail (RFC 8551 3.5.2). Nothing is verified. Null when the
 * bytes are no CMS object. Definite and indefinite lengths, content in one piece or several.
 */
export function readOpaque(bytes: Uint8Array): Opaque | null {
  try {
    // A view of the bytes would show the whole buffer that they are a part of.
    const { result, offset } = asn1.fromBER(Uint8Array.from(bytes).buffer);
    if (offset === -1 || !(result instanceof asn1.Sequence)) return null;
    const [type, body] = result.valueBlock.value;
    const kind = type instanceof asn1.ObjectIdentifier ? type.valueBlock.toString() : null;
    if (kind === null) return null;
    if (ENCRYPTED.includes(kind)) return { kind: "encrypted", content: null };
    if (kind !== SIGNED_DATA) return { kind: "other", content: null };
    const content = signedContent(body);
    return { kind: "signed", content: content !== null && isEntity(content) ? content : null };
  } catch {
    return null;
  }
}

/** ContentInfo's [0] → SignedData → encapContentInfo → [0] → OCTET STRING. */
function signedContent(body: asn1.BaseBlock | undefined): Buffer | null {
  const data = getChildren(getChildren(body)[0]);
  const encapsulated = data.find((block) => block instanceof asn1.Sequence);
  const octets = getChildren(getChildren(encapsulated)[1])[0];
  return octets instanceof asn1.OctetString ? Buffer.concat(getPieces(octets)) : null;
}

function getPieces(octets: asn1.OctetString): Buffer[] {
  const inner = octets.valueBlock.value.filter((block) => block instanceof asn1.OctetString);
  if (octets.idBlock.isConstructed) return inner.flatMap(getPieces);
  return [Buffer.from(octets.valueBlock.valueHexView)];
}

function getChildren(block: asn1.BaseBlock | undefined): readonly asn1.BaseBlock[] {
  return block instanceof asn1.Constructed || block instanceof asn1.Sequence || block instanceof asn1.Set
    ? block.valueBlock.value
    : [];
}

function isEntity(content: Buffer): boolean {
  return ENTITY.test(content.toString("latin1", 0, 8_192));
}
