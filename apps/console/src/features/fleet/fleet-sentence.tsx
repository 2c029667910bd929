import { Text } from '@mantine/core';
import { Fragment, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { AnchorLink } from '../../platform/components/anchor-link.js';
import { Reason } from '../../platform/components/reason.js';
import type { FleetSummary } from './fleet-summary.js';

/** Boxes that are named with their reason; the rest are counted. */
const NAMED = 3;

interface Props {
  readonly summary: FleetSummary;
  readonly isCut: boolean;
}

/** How the fleet stands, in words: how many boxes need a look, which, and why. */
export function FleetSentence({ summary, isCut }: Props): ReactNode {
  const { t } = useTranslation();
  const { total, attention, counts } = summary;
  if (total === 0) return t('fleet.sentence.none');
  const pending = counts.pending + counts['never-enrolled'];
  return (
    <>
      <span>
        {attention.length > 0
          ? t('fleet.sentence.attention', { count: attention.length, total })
          : t('fleet.sentence.good', { count: counts['in-sync'], total })}
      </span>
      {attention.length === 0 && pending > 0 && <span> {t('fleet.sentence.pending', { count: pending })}</span>}
      {isCut && <span> {t('fleet.sentence.cut')}</span>}
      {attention.slice(0, NAMED).map((appliance) => (
        <Fragment key={appliance.id}>
          <Text component="div" size="sm" mt={2}>
            <AnchorLink to="/appliances/$id" params={{ id: appliance.id }} fw={600}>
              {appliance.name}
            </AnchorLink>
            {' · '}
            {t(`sync.${appliance.syncState}`)}
            {appliance.syncReason !== null && (
              <Text component="span" size="sm" c="dimmed">
                {' · '}
                <Reason text={appliance.syncReason} />
              </Text>
            )}
          </Text>
        </Fragment>
      ))}
      {attention.length > NAMED && (
        <Text component="div" size="sm" c="dimmed">
          {t('fleet.sentence.more', { count: attention.length - NAMED })}
        </Text>
      )}
    </>
  );
}
