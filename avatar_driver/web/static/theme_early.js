/* Runs before the first paint, so that a dark room never sees a white flash. Not a module for that reason. */
(() => {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const chosen = () => {
    try {
      return JSON.parse(localStorage.getItem('avatar-driver.theme'));
    } catch {
      return null;
    }
  };
  const apply = () => {
    const theme = chosen();
    document.documentElement.dataset.theme = theme === 'light' || theme === 'dark' ? theme : system.matches ? 'dark' : 'light';
    document.dispatchEvent(new Event('themechange'));
  };
  apply();
  system.addEventListener('change', apply);
  document.addEventListener('themechosen', apply);
})();
