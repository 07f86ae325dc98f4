// A mail server that keeps what it is sent, for journeys that follow a mailed link.
import { createServer } from "node:net";

/** Listens on a free port; `mails` are the texts that came, as they came. */
export async function openMailbox() {
  const mails = [];
  const server = createServer((socket) => {
    let [text, inside] = ["", false];
    const say = (line) => socket.write(`${line}\r\n`);
    socket.setEncoding("utf8");
    socket.on("error", () => socket.destroy());
    say("220 localhost ready");
    socket.on("data", (some) => {
      text += some;
      for (;;) {
        const end = text.indexOf(inside ? "\r\n.\r\n" : "\r\n");
        if (end < 0) return;
        const line = text.slice(0, end);
        text = text.slice(end + (inside ? 5 : 2));
        if (inside) {
          mails.push(line);
          inside = false;
          say("250 kept");
        } else if (/^DATA/i.test(line)) {
          inside = true;
          say("354 go on");
        } else if (/^QUIT/i.test(line)) {
          say("221 bye");
          socket.end();
          return;
        } else say(/^EHLO/i.test(line) ? "250 localhost" : "250 fine");
      }
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `smtp://127.0.0.1:${server.address().port}?tls=none`,
    mails,
    /** Waits for a mail to somebody and gives the first link in it that matches. */
    async link(to, pattern, limit = 30_000) {
      const end = Date.now() + limit;
      while (Date.now() < end) {
        const mail = mails.find((mail) => new RegExp(`^To: .*${to}`, "im").test(mail));
        // Long lines are folded with an equals sign in quoted-printable.
        const found = mail?.replace(/=\r\n/g, "").replace(/=3D/g, "=").match(pattern);
        if (found) return found[0];
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      throw new Error(`no mail to ${to} with ${pattern}: ${mails.join("\n---\n")}`);
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
