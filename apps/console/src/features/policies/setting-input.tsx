import { JsonInput, NumberInput, Select, Switch, TagsInput, Textarea, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SettingValue } from '../../platform/components/setting-value.js';
import { useAnyText } from '../../platform/i18n/use-any-text.js';
import type { SettingField } from './setting-fields.js';

interface Props {
  readonly field: SettingField;
  readonly label: string;
  readonly value: unknown;
  /** What is wrong with the value; empty when nothing is. */
  readonly error: string;
  readonly isReadOnly: boolean;
  readonly onChange: (value: unknown) => void;
}

const MONO = { input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: '0.75rem' } };

/** The field of one setting, of the kind that its contract asks for. */
export function SettingInput({ field, label, value, error, isReadOnly, onChange }: Props): ReactNode {
  const { t } = useTranslation();
  const { has, say } = useAnyText();
  const shared = { size: 'xs', 'aria-label': label, error: error === '' ? undefined : error, readOnly: isReadOnly } as const;
  switch (field.kind) {
    case 'choice':
      return (
        <Select
          {...shared}
          allowDeselect={false}
          data={field.options.map((option) => {
            const key = `settingValue.${option.replaceAll('.', '-')}`;
            return { value: option, label: has(key) ? say(key) : option };
          })}
          value={typeof value === 'string' ? value : null}
          onChange={(next) => next !== null && onChange(next)}
        />
      );
    case 'number':
      return (
        <NumberInput
          {...shared}
          allowDecimal={false}
          thousandSeparator=","
          min={field.min}
          max={field.max}
          clampBehavior="none"
          value={typeof value === 'number' ? value : ''}
          description={/(Bytes|Ms)$/.test(field.path) ? <SettingValue path={field.path} value={value} /> : undefined}
          inputWrapperOrder={['input', 'description', 'error']}
          onChange={(next) => onChange(typeof next === 'number' ? next : null)}
        />
      );
    case 'switch':
      return (
        <Switch
          size="xs"
          aria-label={label}
          checked={value === true}
          disabled={isReadOnly}
          label={value === true ? t('state.yes') : t('state.no')}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case 'words':
      return (
        <TagsInput
          {...shared}
          value={Array.isArray(value) ? value.map(String) : []}
          onChange={onChange}
          splitChars={[',', ' ']}
          placeholder={t('policy.addWord')}
        />
      );
    case 'longText':
      return (
        <Textarea
          {...shared}
          autosize
          minRows={3}
          maxRows={24}
          styles={MONO}
          spellCheck={false}
          value={String(value ?? '')}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case 'json':
      return <JsonField {...shared} value={value} onChange={onChange} />;
    case 'text':
      return (
        <TextInput
          {...shared}
          value={value === null ? '' : String(value)}
          onChange={(event) => onChange(event.currentTarget.value === '' ? null : event.currentTarget.value)}
        />
      );
  }
}

interface JsonProps {
  readonly value: unknown;
  readonly error: string | undefined;
  readonly readOnly: boolean;
  readonly onChange: (value: unknown) => void;
}

/** A structured value as JSON. Text that is none yet is kept, and said to be none. */
function JsonField({ value, error, onChange, ...shared }: JsonProps): ReactNode {
  const { t } = useTranslation();
  const [text, setText] = useState(() => JSON.stringify(value, null, 2));
  const [isJson, setJson] = useState(true);
  const change = (next: string) => {
    setText(next);
    try {
      onChange(JSON.parse(next));
      setJson(true);
    } catch {
      // Half-typed: the last whole value stands until it is JSON again, and the field says so.
      setJson(false);
    }
  };
  return (
    <JsonInput
      {...shared}
      size="xs"
      autosize
      minRows={2}
      maxRows={20}
      styles={MONO}
      value={text}
      onChange={change}
      error={isJson ? error : t('policy.notJson')}
    />
  );
}
