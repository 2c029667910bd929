import { useMemo } from 'react';
import { useLanguage } from '../i18n/use-language.js';
import { Format } from './format.js';

/** Numbers and times in the language that is chosen. */
export function useFormat(): Format {
  const { language } = useLanguage();
  return useMemo(() => new Format(language), [language]);
}
