import i18next, { type i18n } from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { Language } from '../format/format.js';

/** The texts of one language, loaded when it is first shown. */
async function loadTexts(language: Language) {
  return language === 'ko' ? (await import('../../i18n/ko.js')).ko : (await import('../../i18n/en.js')).en;
}

/** Starts the translator with one language. */
export async function startI18n(language: Language): Promise<i18n> {
  const instance = i18next.createInstance();
  await instance.use(initReactI18next).init({
    lng: language,
    resources: { [language]: { translation: await loadTexts(language) } },
    // React escapes what it shows.
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  document.documentElement.lang = language;
  return instance;
}

/** Shows everything in another language. */
export async function switchLanguage(instance: i18n, language: Language): Promise<void> {
  if (!instance.hasResourceBundle(language, 'translation')) instance.addResourceBundle(language, 'translation', await loadTexts(language));
  await instance.changeLanguage(language);
  document.documentElement.lang = language;
}
