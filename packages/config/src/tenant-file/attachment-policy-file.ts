import { size } from "@inlet/settings";
import { z } from "zod";

/** What starts a program or a script when it is opened; the lists that large mail providers refuse, by extension. */
const PROGRAM_EXTENSIONS =
  "ade adp apk appinstaller application appref-ms appx appxbundle bat chm cmd com cpl crx diagcab dll dmg exe gadget hta img inf ins iso isp jar jnlp js jse lib library-ms lnk mde mjs msc msi msix msixbundle msp mst nsh pif ps1 ps1xml psc1 reg scf scr sct search-ms settingcontent-ms shb sys url vb vbe vbs vhd vhdx vxd website wsc wsf wsh xll".split(
    " ",
  );
const PROGRAM_TYPES = [
  "application/x-msdownload",
  "application/x-dosexec",
  "application/x-elf",
  "application/x-mach-binary",
  "application/java-archive",
  "application/java-vm",
  "application/x-ms-shortcut",
  "application/x-ms-regedit",
  "application/vnd.ms-htmlhelp",
  "application/x-iso9660-image",
  "application/x-apple-diskimage",
  "application/x-google-chrome-extension",
  "application/hta",
  "application/javascript",
  "text/javascript",
  "text/x-shellscript",
];

const mediaType = z
  .string()
  .toLowerCase()
  .regex(/^[a-z0-9!#$&^_.+-]+\/(\*|[a-z0-9!#$&^_.+-]+)$/, "is not a media type")
  .meta({ description: "a media type such as application/pdf, or all of a kind such as image/*" });
const extension = z
  .string()
  .toLowerCase()
  .regex(/^[a-z0-9_-]{1,20}$/, "is not an extension without a dot")
  .meta({ description: "an extension without a dot, such as exe" });

/** `attachments` of a tenant's file (UN3). */
export const attachmentPolicy = z
  .strictObject({
    maxSize: size.default("32MiB").meta({ description: "largest attachment, such as 32MiB" }),
    maxTotal: size.default("50MiB").meta({ description: "most bytes of one email's attachments, such as 50MiB" }),
    allowedTypes: z
      .array(mediaType)
      .min(1, "is empty, so that every attachment would be refused")
      .nullable()
      .default(null)
      .meta({
        description: "only these media types, told by content where it tells; null for all that are not refused",
      }),
    refusedTypes: z
      .array(mediaType)
      .default(PROGRAM_TYPES)
      .meta({ description: "media types that are refused, as declared or by content; default: programs and scripts" }),
    refusedExtensions: z
      .array(extension)
      .default(PROGRAM_EXTENSIONS)
      .meta({ description: "last extensions of names that are refused; default: programs and scripts" }),
    archives: z
      .enum(["allow", "refuse"])
      .default("allow")
      .meta({ description: "zip, rar, 7z, tar and the like: allow or refuse" }),
    onRefusal: z.enum(["drop", "dead-letter"]).default("drop").meta({
      description: "a refused or infected file: drop (the email goes on without it) or dead-letter the email",
    }),
    scannerAway: z
      .enum(["hold", "pass"])
      .default("hold")
      .meta({ description: "while the scanner of CLAMD_URL is away: hold the email, or pass it with a warning" }),
    unscannable: z.enum(["pass", "refuse"]).default("pass").meta({
      description: "what the scanner cannot look into (too large, encrypted): pass with a warning, or refuse",
    }),
  })
  .prefault({});
