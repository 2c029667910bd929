import { SYNC_STATES, type SyncState } from '@phalanx/contracts';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { AnchorLink } from '../../platform/components/anchor-link.js';
import { SyncStatus } from '../../platform/components/sync-status.js';
import { useFormat } from '../../platform/format/use-format.js';
import type { FleetSummary } from './fleet-summary.js';
import classes from './fleet-counts.module.css';

interface Props {
  readonly summary: FleetSummary;
  readonly chosen: SyncState | undefined;
}

/** How many boxes stand in each state; each number leads to those boxes. States without any are left out. */
export function FleetCounts({ summary, chosen }: Props): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const shown = SYNC_STATES.filter((state) => summary.counts[state] > 0 || state === chosen);
  return (
    <ul className={classes['counts']} aria-label={t('fleet.counts')}>
      <li>
        <AnchorLink
          to="/fleet"
          search={(now) => ({ ...now, syncState: undefined })}
          className={classes['count']}
          underline="never"
          c="inherit"
          data-chosen={chosen === undefined || undefined}
        >
          <span className={classes['figure']}>{format.number(summary.total)}</span>
          <span>{t('fleet.all')}</span>
        </AnchorLink>
      </li>
      {shown.map((state) => (
        <li key={state}>
          <AnchorLink
            to="/fleet"
            search={(now) => ({ ...now, syncState: state })}
            className={classes['count']}
            underline="never"
            c="inherit"
            data-chosen={chosen === state || undefined}
          >
            <span className={classes['figure']}>{format.number(summary.counts[state])}</span>
            <SyncStatus state={state} />
          </AnchorLink>
        </li>
      ))}
    </ul>
  );
}
