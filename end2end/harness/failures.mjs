// A reporter for the end of a long run: what failed and why, a few lines each, below everything else.

/** Longest part of a message, in characters: axe and missing elements can say much. */
const LONGEST = 600;

/** One paragraph for each test that failed by itself, not by a test within it. */
export default async function* failures(events) {
  const failed = [];
  for await (const { type, data } of events) {
    if (type !== "test:fail" || data.details.error.failureType === "subtestsFailed") continue;
    const { cause, message } = data.details.error;
    failed.push(`${data.name}\n  ${String(cause?.message ?? message).slice(0, LONGEST).replaceAll("\n", "\n  ")}\n`);
  }
  if (failed.length > 0) yield `\nfailed:\n${failed.join("")}`;
}
