// Runs before the first paint, for what the server could not know: it writes `data-theme` where it does.
(() => {
  const cookie = (name) => document.cookie.match(`(?:^|; )${name}=([^;]*)`)?.[1];
  const root = document.documentElement;

  const theme = cookie("theme");
  if (!root.dataset.theme && (theme === "light" || theme === "dark")) root.dataset.theme = theme;

  // Times are shown in the browser's zone where the account has none.
  const zone = encodeURIComponent(Intl.DateTimeFormat().resolvedOptions().timeZone ?? "");
  if (zone && cookie("tz") !== zone) document.cookie = `tz=${zone}; path=/; max-age=31536000; samesite=lax`;
})();
