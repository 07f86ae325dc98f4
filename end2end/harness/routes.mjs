// The pages of the site, read from its own list of them.
import { readFile } from "node:fs/promises";

/** The paths of `PAGES`, as they are written there: `/help/{tag}`. */
export async function pages() {
  const source = await readFile(new URL("../../app/src/routes.rs", import.meta.url), "utf8");
  const list = source.match(/pub const PAGES[^[]*\[PageInfo\][^[]*\[([\s\S]*?)\n\];/)?.[1] ?? "";
  const paths = [...list.matchAll(/seen_by\(\s*"([^"]+)"/g)].map((found) => found[1]);
  const entries = list.split("seen_by(").length - 1;
  if (paths.length === 0 || paths.length !== entries)
    throw new Error(`${paths.length} of ${entries} pages could be read`);
  return paths;
}
