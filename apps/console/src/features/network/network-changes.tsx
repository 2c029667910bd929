import { Text } from '@mantine/core';
import type { NetworkWriteResult } from '@phalanx/contracts';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { PlainTable, type PlainColumn } from '../../platform/components/plain-table.js';
import { SettingValue } from '../../platform/components/setting-value.js';

type Change = NetworkWriteResult['changes'][number];

/** What differs between two versions of a cluster's network, place by place. */
export function NetworkChanges({ changes }: { readonly changes: readonly Change[] }): ReactNode {
  const { t } = useTranslation();
  const columns: readonly PlainColumn<Change>[] = [
    { id: 'path', header: t('policy.change.setting'), cell: (row) => <span className="mono">{row.path}</span> },
    { id: 'from', header: t('policy.change.from'), cell: (row) => <SettingValue path={row.path} value={row.from} /> },
    { id: 'to', header: t('policy.change.to'), cell: (row) => <SettingValue path={row.path} value={row.to} /> },
  ];
  return (
    <PlainTable
      label={t('policy.change.title')}
      columns={columns}
      rows={changes}
      keyOf={(row) => row.path}
      minWidth={480}
      empty={<Text size="sm">{t('policy.change.none')}</Text>}
    />
  );
}
