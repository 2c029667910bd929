/// <reference lib="dom" />
import type { Page } from 'playwright-core';

/** What is wrong with a page for somebody who reads it by screen reader, by keyboard, or with weak eyes. */
export interface PageAudit {
  /** Controls that a screen reader could only call "button". */
  readonly nameless: string[];
  /** Texts whose contrast is below WCAG AA. */
  readonly faint: string[];
  /** Keys that should have been texts. */
  readonly untranslated: string[];
  /** Pixels that the page is wider than its window. */
  readonly overflowPx: number;
  readonly language: string;
}

/** Looks a page over as it stands now. */
export function auditPage(page: Page): Promise<PageAudit> {
  return page.evaluate(() => {
    type Color = readonly [number, number, number, number];
    const isShown = (element: Element): boolean => {
      const box = element.getBoundingClientRect();
      const style = getComputedStyle(element);
      return box.width > 1 && box.height > 1 && style.visibility !== 'hidden' && style.opacity !== '0';
    };
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;
    const parse = (text: string): Color => {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = text;
      canvas.fillRect(0, 0, 1, 1);
      const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
      return [red!, green!, blue!, alpha! / 255];
    };
    const over = (front: Color, back: Color): Color => {
      const mix = (index: 0 | 1 | 2) => front[index] * front[3] + back[index] * (1 - front[3]);
      return [mix(0), mix(1), mix(2), 1];
    };
    const background = (element: Element): Color => {
      const layers: Color[] = [];
      for (let at: Element | null = element; at; at = at.parentElement) layers.push(parse(getComputedStyle(at).backgroundColor));
      return layers.reverse().reduce((back, front) => (front[3] === 0 ? back : over(front, back)), [255, 255, 255, 1] as Color);
    };
    const luminance = (color: Color) => {
      const [red, green, blue] = [color[0], color[1], color[2]].map((value) => {
        const share = value / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
    };
    const contrast = (a: Color, b: Color) => {
      const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
      return (light! + 0.05) / (dark! + 0.05);
    };

    const nameless = [...document.querySelectorAll('button, a[href], input:not([type="hidden"]), select, textarea, [role="button"]')]
      .filter((element) => isShown(element) && element.closest('[aria-hidden="true"]') === null && (element as HTMLElement).tabIndex >= 0)
      .filter((element) => {
        const labels = (element as HTMLInputElement).labels;
        const named = element.getAttribute('aria-label') ?? element.getAttribute('aria-labelledby') ?? element.getAttribute('title') ?? '';
        return named.trim() === '' && (element.textContent ?? '').trim() === '' && (labels?.length ?? 0) === 0;
      })
      .map((element) => element.outerHTML.slice(0, 160));

    const faint = new Set<string>();
    const untranslated = new Set<string>();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = (node.textContent ?? '').trim();
      const element = node.parentElement;
      if (
        text === '' ||
        !element ||
        !isShown(element) ||
        element.closest('script, style, :disabled, [data-disabled], [aria-disabled="true"]')
      )
        continue;
      if (/^(?:[a-z][A-Za-z]*\.){1,4}[a-z][A-Za-z]*$/.test(text) && !element.closest('.mono, code, pre')) untranslated.add(text);
      const style = getComputedStyle(element);
      const back = background(element);
      const ratio = contrast(over(parse(style.color), back), back);
      const size = Number.parseFloat(style.fontSize);
      const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      if (ratio < (isLarge ? 3 : 4.5))
        faint.add(`${ratio.toFixed(2)} ${text.slice(0, 40)} (${style.color} on ${back.map(Math.round).join(',')})`);
    }
    return {
      nameless,
      faint: [...faint],
      untranslated: [...untranslated],
      overflowPx: Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth),
      language: document.documentElement.lang,
    };
  });
}
