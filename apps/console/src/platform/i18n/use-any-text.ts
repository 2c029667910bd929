import { useTranslation } from 'react-i18next';

type Values = Readonly<Record<string, string | number>>;

/** Texts whose key is only known at run time: `has` tells whether there is one. */
export function useAnyText(): { has: (key: string) => boolean; say: (key: string, values?: Values) => string } {
  const { i18n } = useTranslation();
  const say = i18n.t as unknown as (key: string, values?: Values) => string;
  return { has: (key) => i18n.exists(key), say };
}
