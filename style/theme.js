// Runs before the first paint. The choice is kept in a cookie, so that the server can write it into the page too.
(() => {
  const root = document.documentElement;
  const cookie = (name) => document.cookie.match(`(?:^|; )${name}=([^;]*)`)?.[1];
  const keep = (name, value) => {
    document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=31536000; samesite=lax`;
  };

  const theme = cookie("theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;

  // Times are shown in the browser's zone where the account has none.
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && cookie("tz") !== encodeURIComponent(zone)) keep("tz", zone);

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-toggle]")) return;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    keep("theme", root.dataset.theme);
  });
})();
