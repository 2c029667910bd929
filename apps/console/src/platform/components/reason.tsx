import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnyText } from '../i18n/use-any-text.js';
import { findReason } from '../i18n/reasons.js';

/** A reason that a box or the controller gave, in the reader's language where its wording is known, else as it was given. */
export function Reason({ text }: { readonly text: string }): ReactNode {
  return useReason()(text);
}

/** The same as a function, for texts inside of other texts. */
export function useReason(): (text: string) => string {
  const { t } = useTranslation();
  const { say } = useAnyText();
  return (text) => {
    const { facet, reason, values } = findReason(text);
    const words = reason ? say(`reason.${reason}`, values).trim() : values['text']!;
    return facet ? t('reason.ofFacet', { facet: t(`facet.${facet}`), words }) : words;
  };
}
