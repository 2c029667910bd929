import { useTranslation } from 'react-i18next';
import type { Language } from '../format/format.js';
import { switchLanguage } from './i18n.js';
import { rememberLanguage } from './language.js';

/** The language that is shown, and how to choose another. */
export function useLanguage(): { language: Language; choose: (language: Language) => void } {
  const { i18n } = useTranslation();
  const choose = (language: Language) => {
    rememberLanguage(localStorage, language);
    void switchLanguage(i18n, language);
  };
  return { language: i18n.language === 'ko' ? 'ko' : 'en', choose };
}
