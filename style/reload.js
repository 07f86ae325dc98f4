
// Only in `make dev`: this script has a new name after every build, so a page whose script is gone is an old one.
(() => {
  const here = document.currentScript.src;
  const look = () =>
    fetch(here, { method: "HEAD", cache: "no-store" }).then(
      (answer) => (answer.status === 404 ? location.reload() : setTimeout(look, 500)),
      () => setTimeout(look, 500),
    );
  setTimeout(look, 500);
})();
