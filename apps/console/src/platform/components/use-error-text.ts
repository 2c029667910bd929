import { useTranslation } from 'react-i18next';
import { toApiError } from '../api/api-error.js';
import { useAnyText } from '../i18n/use-any-text.js';
import { useFormat } from '../format/use-format.js';

/** Says in the reader's language why a call failed: by the problem's code where it is known, else in the controller's own words. */
export function useErrorText(): (error: unknown) => string {
  const { t } = useTranslation();
  const { has, say } = useAnyText();
  const format = useFormat();
  return (error) => {
    const apiError = toApiError(error);
    if (apiError.kind !== 'refused') return t(`error.${apiError.kind}`);
    if (apiError.retryAfterSeconds !== null)
      return t('error.throttled', { wait: format.duration(Math.max(1, apiError.retryAfterSeconds)) });
    const key = `error.code.${apiError.code.replaceAll('.', '-')}`;
    if (has(key)) return say(key);
    return apiError.problem?.detail ?? t('error.unknown', { status: apiError.status });
  };
}
