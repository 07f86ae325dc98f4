// A mail server that keeps what it is sent, for journeys that follow a mailed link. It wants TLS and a password.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { simpleParser } from "mailparser";
import { generate } from "selfsigned";
import { SMTPServer } from "smtp-server";

const [USER, PASSWORD] = ["stackyard", "let us out"];

/** Listens on a free port; `env` is what a server of ours needs to send by it. */
export async function openMailbox() {
  const mails = [];
  const { private: key, cert } = await generate([{ name: "commonName", value: "localhost" }], { algorithm: "sha256" });
  const server = new SMTPServer({
    key,
    cert,
    authOptional: false,
    onAuth: ({ username, password }, session, done) => {
      const known = session.secure && username === USER && password === PASSWORD;
      done(known ? null : new Error("Nobody of that name"), { user: username });
    },
    onData: (stream, session, done) => {
      simpleParser(stream).then((mail) => done(null, mails.push(mail)), done);
    },
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const folder = mkdtempSync(join(tmpdir(), "stackyard-mail-"));
  const trusted = join(folder, "trusted.pem");
  writeFileSync(trusted, cert);
  const address = `localhost:${server.server.address().port}?tls=required`;
  return {
    env: {
      STACKYARD_SMTP_URL: `smtp://${USER}:${encodeURIComponent(PASSWORD)}@${address}`,
      STACKYARD_MAIL_FROM: "stackyard@acme.example",
      SSL_CERT_FILE: trusted,
    },
    mails,
    /** Waits for a mail to somebody and gives the first link in it that matches. */
    async link(to, pattern, limit = 30_000) {
      const end = Date.now() + limit;
      while (Date.now() < end) {
        const mail = mails.find((mail) => mail.to.text.includes(to));
        const [found] = mail?.text.match(pattern) ?? [];
        if (found) return found;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      throw new Error(`no mail to ${to} with ${pattern}: ${mails.map((mail) => mail.text).join("\n---\n")}`);
    },
    close: () => {
      rmSync(folder, { recursive: true });
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
