import { ActionIcon, CopyButton, Group, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

/** Text in fixed width with a button that copies it whole. */
export function Copyable({ value, shown = value }: { readonly value: string; readonly shown?: string }): ReactNode {
  const { t } = useTranslation();
  return (
    <Group gap={4} wrap="nowrap" component="span" style={{ display: 'inline-flex', maxWidth: '100%' }}>
      <span className="mono" title={value} style={{ overflow: 'hidden', textOverflow: 'ellipsis' }}>
        {shown}
      </span>
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? t('action.copied') : t('action.copy')}>
            <ActionIcon size="sm" variant="subtle" color="gray" onClick={copy} aria-label={t('action.copyValue', { value: shown })}>
              {copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </Group>
  );
}

/** A digest by its first 12 digits; the whole of it is copied. */
export function Digest({ value }: { readonly value: string | null }): ReactNode {
  const { t } = useTranslation();
  if (value === null) return <span>{t('state.none')}</span>;
  return <Copyable value={value} shown={value.slice(0, 12)} />;
}
