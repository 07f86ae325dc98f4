// Files for uploads.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { crc32, deflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Puts a file into a file field. It is read from a disk, as a person's: megabytes take long through the debugger. */
export async function chooseFile(t, page, field, name, content) {
  const folder = await mkdtemp(path.join(tmpdir(), "stackyard-journey-"));
  t.after(() => rm(folder, { recursive: true }));
  const file = path.join(folder, name);
  await writeFile(file, content);
  await page.setInputFiles(field, file);
}

/** A PNG of one colour, `width` by `height` pixels, with `text` in a comment and `tail` after its end. */
export function png(width, height, [red, green, blue], { text = "", tail = "" } = {}) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Eight bits a channel, red, green and blue.
  header.set([8, 2, 0, 0, 0], 8);
  const row = Buffer.concat([Buffer.from([0]), Buffer.alloc(width * 3, Buffer.from([red, green, blue]))]);
  const pixels = deflateSync(Buffer.concat(Array(height).fill(row)));
  const chunks = [chunk("IHDR", header), chunk("tEXt", Buffer.from(`Comment\0${text}`, "latin1"))];
  return Buffer.concat([
    SIGNATURE,
    ...chunks,
    chunk("IDAT", pixels),
    chunk("IEND", Buffer.alloc(0)),
    Buffer.from(tail),
  ]);
}

/** Width and height of a PNG. */
export function pngSize(bytes) {
  if (!bytes.subarray(0, 8).equals(SIGNATURE)) throw new Error("this is no PNG");
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
}

function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(data.length, 0);
  body.copy(whole, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
}
