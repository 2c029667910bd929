import { Stack, Text } from '@mantine/core';
import type { ApplianceStateView, FacetView, ReleaseReference, StateOrder } from '@phalanx/contracts';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Digest } from '../../platform/components/copy.js';
import { PlainTable, type PlainColumn } from '../../platform/components/plain-table.js';
import { Reason } from '../../platform/components/reason.js';
import { FacetStatus } from '../../platform/components/sync-status.js';
import { RelativeTime } from '../../platform/components/time.js';

/** What is wanted, what was told and what runs, side by side for each facet. */
export function FacetsPanel({ state }: { readonly state: ApplianceStateView }): ReactNode {
  const { t } = useTranslation();
  const columns: readonly PlainColumn<FacetView>[] = [
    { id: 'facet', header: t('appliance.facets.facet'), cell: (row) => <strong>{t(`facet.${row.facet}`)}</strong> },
    { id: 'desired', header: t('appliance.facets.desired'), cell: (row) => <Release release={row.desired} at={row.desiredAt} /> },
    { id: 'sent', header: t('appliance.facets.sent'), cell: (row) => <Release release={row.sent} at={row.sentAt} /> },
    { id: 'applied', header: t('appliance.facets.applied'), cell: (row) => <Release release={row.applied} at={row.appliedAt} /> },
    {
      id: 'state',
      header: t('appliance.facets.state'),
      cell: (row) => (
        <>
          <FacetStatus state={row.state} />
          {row.reason !== null && (
            <Text size="xs" maw={320}>
              <Reason text={row.reason} />
            </Text>
          )}
        </>
      ),
    },
    {
      id: 'digests',
      header: t('appliance.facets.digests'),
      cell: (row) => (
        <Stack gap={0}>
          <span title={t('appliance.facets.expected')}>
            <Digest value={row.expectedDigest} />
          </span>
          <span title={t('appliance.facets.rendered')}>
            <Digest value={row.renderedDigest} />
          </span>
        </Stack>
      ),
    },
  ];
  const order = (value: StateOrder | null) =>
    value ? t('appliance.facets.order', { epoch: value.epoch, generation: value.generation }) : t('state.none');
  return (
    <Stack gap="xs">
      <PlainTable
        label={t('appliance.facets.title')}
        columns={columns}
        rows={state.facets}
        keyOf={(row) => row.facet}
        minWidth={960}
        empty={<Text size="sm">{t('appliance.facets.none')}</Text>}
      />
      <Text size="xs" c="dimmed" component="div">
        {t('appliance.facets.orders', {
          desired: order(state.desiredOrder),
          sent: order(state.sentOrder),
          reported: order(state.reportedOrder),
        })}
        {state.reportedAt !== null && (
          <>
            {' · '}
            {t('appliance.facets.reportedAt')} <RelativeTime at={state.reportedAt} />
          </>
        )}
      </Text>
    </Stack>
  );
}

function Release({ release, at }: { readonly release: ReleaseReference | null; readonly at: string | null }): ReactNode {
  const { t } = useTranslation();
  if (!release) return <span>{t('appliance.facets.nothing')}</span>;
  return (
    <Stack gap={0}>
      <span>{t('appliance.facets.version', { version: release.version })}</span>
      <Digest value={release.sha256} />
      {at !== null && (
        <Text size="xs" c="dimmed">
          <RelativeTime at={at} />
        </Text>
      )}
    </Stack>
  );
}
