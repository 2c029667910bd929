import { Text } from '@mantine/core';
import type { ApplianceStateView, Facet, WorkerState } from '@phalanx/contracts';
import { IconCircleCheck, IconCircleX, IconEqualNot, IconPlayerPause, IconProgress } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Digest } from '../../platform/components/copy.js';
import { PlainTable, type PlainColumn } from '../../platform/components/plain-table.js';
import { Status } from '../../platform/components/status.js';

const LOOKS = {
  starting: { tone: 'busy', icon: IconProgress },
  serving: { tone: 'good', icon: IconCircleCheck },
  failed: { tone: 'bad', icon: IconCircleX },
  unresponsive: { tone: 'bad', icon: IconPlayerPause },
} as const;

/** What each engine worker computed over the rules and settings in its own memory. */
export function WorkersPanel({ state }: { readonly state: ApplianceStateView }): ReactNode {
  const { t } = useTranslation();
  const expected = (facet: Facet) => state.facets.find((view) => view.facet === facet)?.expectedDigest ?? null;
  const columns: readonly PlainColumn<WorkerState>[] = [
    { id: 'index', header: t('appliance.workers.worker'), cell: (row) => t('appliance.workers.name', { index: row.index, pid: row.pid }) },
    {
      id: 'state',
      header: t('appliance.workers.state'),
      cell: (row) => (
        <>
          <Status {...LOOKS[row.state]}>{t(`appliance.workers.states.${row.state}`)}</Status>
          {row.reason !== undefined && <Text size="xs">{row.reason}</Text>}
        </>
      ),
    },
    {
      id: 'signatures',
      header: t('appliance.workers.ruleset'),
      cell: (row) => <Shown digest={row.rulesetDigest} expected={expected('signatures')} />,
    },
    {
      id: 'policy',
      header: t('appliance.workers.policy'),
      cell: (row) => <Shown digest={row.policyDigest} expected={expected('policy')} />,
    },
  ];
  return (
    <>
      <Text size="sm" mb="xs">
        {t('appliance.workers.sentence', { present: state.workers.length, count: state.workersWanted })}
      </Text>
      <PlainTable
        label={t('appliance.workers.title')}
        columns={columns}
        rows={[...state.workers].sort((a, b) => a.index - b.index)}
        keyOf={(row) => String(row.index)}
        minWidth={640}
      />
    </>
  );
}

/** A worker's digest, and whether it is the one that was committed. */
function Shown({ digest, expected }: { readonly digest: string | null; readonly expected: string | null }): ReactNode {
  const { t } = useTranslation();
  const isSame = digest !== null && digest === expected;
  return (
    <>
      <Digest value={digest} />{' '}
      {isSame ? (
        <Status tone="good" icon={IconCircleCheck}>
          {t('appliance.workers.same')}
        </Status>
      ) : (
        <Status tone="warn" icon={IconEqualNot}>
          {t('appliance.workers.different')}
        </Status>
      )}
    </>
  );
}
