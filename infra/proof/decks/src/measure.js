function () {
  const WIDTH = 1280, RIGHT = 1280 - 72, BOTTOM = 720 - 44, SMALLEST = 16, CONTRAST = 4.5;
  const findings = [];

  const brightness = (colour) => {
    const [r, g, b] = colour.match(/[\d.]+/g).slice(0, 3).map((part) => {
      const share = part / 255;
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (!/rgba\(.*, 0\)|transparent/.test(colour)) return colour;
    }
    return "rgb(251, 250, 246)";
  };
  const contrast = (element) => {
    const [a, b] = [brightness(getComputedStyle(element).color), brightness(behind(element))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  };

  document.querySelectorAll("section").forEach((section, index) => {
    const page = section.getBoundingClientRect();
    const scale = page.width / WIDTH;
    const say = (what) => findings.push(`page ${index + 1}: ${what}`);
    const box = (rect) => ({
      left: (rect.left - page.left) / scale, right: (rect.right - page.left) / scale,
      top: (rect.top - page.top) / scale, bottom: (rect.bottom - page.top) / scale,
    });
    const fits = (rect, name) => {
      const at = box(rect);
      if (at.right > RIGHT + 1) say(`${name} ends ${Math.round(at.right - RIGHT)} px beyond the right margin`);
      if (at.bottom > BOTTOM + 1) say(`${name} ends ${Math.round(at.bottom - BOTTOM)} px too low`);
      if (at.top < 0 || at.left < 0) say(`${name} begins outside of the page`);
    };

    const parts = [...section.children].filter((part) => !["FOOTER", "HEADER"].includes(part.tagName));
    parts.forEach((part) => fits(part.getBoundingClientRect(), part.tagName.toLowerCase()));
    parts.forEach((part, place) => parts.slice(place + 1).forEach((other) => {
      const [a, b] = [box(part.getBoundingClientRect()), box(other.getBoundingClientRect())];
      const apart = a.right <= b.left + 1 || b.right <= a.left + 1 || a.bottom <= b.top + 1 || b.bottom <= a.top + 1;
      if (!apart) say(`${part.tagName.toLowerCase()} and ${other.tagName.toLowerCase()} lie over each other`);
    }));

    section.querySelectorAll("img").forEach((img) => {
      if (!img.naturalWidth) say(`the picture ${img.getAttribute("src")} is not there`);
      if (!img.alt.trim()) say(`the picture ${img.getAttribute("src")} has no description`);
    });

    const texts = document.createTreeWalker(section, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      const words = text.data.trim();
      if (!words || text.parentElement.closest("style, script")) continue;
      const shown = `"${words.slice(0, 30)}"`;
      const range = document.createRange();
      range.selectNodeContents(text);
      if (!text.parentElement.closest("footer, header")) fits(range.getBoundingClientRect(), shown);
      const size = parseFloat(getComputedStyle(text.parentElement).fontSize);
      if (size < SMALLEST) say(`${shown} is ${size} px small`);
      const ratio = contrast(text.parentElement);
      if (ratio < CONTRAST) say(`${shown} has a contrast of ${ratio.toFixed(1)}`);
    }
  });
  return findings;
}
