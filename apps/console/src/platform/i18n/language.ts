import type { Language } from '../format/format.js';

export const LANGUAGES: readonly Language[] = ['ko', 'en'];
/** What each language calls itself. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { ko: '한국어', en: 'English' };
const STORAGE_KEY = 'phalanx.language';

/** The remembered language, else the first of the browser's that there is, else English. */
export function chooseLanguage(remembered: string | null, preferred: readonly string[]): Language {
  const known = (text: string) => LANGUAGES.find((language) => text.toLowerCase().split('-')[0] === language);
  return (remembered ? known(remembered) : undefined) ?? preferred.map(known).find((language) => language !== undefined) ?? 'en';
}

export function rememberedLanguage(storage: Storage): string | null {
  return storage.getItem(STORAGE_KEY);
}

export function rememberLanguage(storage: Storage, language: Language): void {
  storage.setItem(STORAGE_KEY, language);
}
