// Runs before the first paint, for what the server could not know: it writes `data-theme` where it does. And for
// keys that a page without a script cannot hear.
(() => {
  const cookie = (name) => document.cookie.match(`(?:^|; )${name}=([^;]*)`)?.[1];
  const root = document.documentElement;

  const theme = cookie("theme");
  if (!root.dataset.theme && (theme === "light" || theme === "dark")) root.dataset.theme = theme;

  // Times are shown in the browser's zone where the account has none.
  const zone = encodeURIComponent(Intl.DateTimeFormat().resolvedOptions().timeZone ?? "");
  if (zone && cookie("tz") !== zone) document.cookie = `tz=${zone}; path=/; max-age=31536000; samesite=lax`;

  // What a form left is shown once: an address that is copied or loaded again need not ask for it.
  const here = new URL(location.href);
  if (here.searchParams.has("flash")) {
    here.searchParams.delete("flash");
    history.replaceState(history.state, "", here);
  }

  // Escape closes what is open: a menu, giving the focus back to what opened it, else the dialog.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    const menu = document.querySelector("details[name][open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    } else {
      document.getElementById("dialog-close")?.click();
    }
  });
})();
