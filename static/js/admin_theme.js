// Django's admin gives the <html> tag no place for the choice of colours, so it is read here from
// the cookie in which the other pages keep it.
document.documentElement.dataset.theme =
  /(?:^|; )theme=(light|dark)(?:;|$)/.exec(document.cookie)?.[1] ?? "auto";
