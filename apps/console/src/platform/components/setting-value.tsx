import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../format/use-format.js';
import { useAnyText } from '../i18n/use-any-text.js';

/** A setting's value in words and units; whatever has no words of its own as JSON. */
export function SettingValue({ path, value }: { readonly path: string; readonly value: unknown }): ReactNode {
  const { t } = useTranslation();
  const { has, say } = useAnyText();
  const format = useFormat();
  if (value === undefined || value === null) return t('setting.unset');
  if (typeof value === 'boolean') return value ? t('state.yes') : t('state.no');
  if (typeof value === 'number') {
    if (path.endsWith('Bytes')) return format.bytes(value);
    if (path.endsWith('Ms')) return format.milliseconds(value);
    return format.number(value);
  }
  if (typeof value === 'string') {
    const key = `settingValue.${value.replaceAll('.', '-')}`;
    if (value !== '' && has(key)) return say(key);
    return value === '' ? t('setting.empty') : <code className="mono">{value}</code>;
  }
  if (Array.isArray(value) && value.length === 0) return t('setting.empty');
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return <span className="mono">{value.join(', ')}</span>;
  return (
    <pre className="mono" style={{ margin: 0, whiteSpace: 'pre-wrap' }}>
      {JSON.stringify(value, null, 2)}
    </pre>
  );
}
