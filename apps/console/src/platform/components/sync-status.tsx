import type { SyncState } from '@phalanx/contracts';
import {
  IconAlertTriangle,
  IconBiohazard,
  IconCircleCheck,
  IconCircleX,
  IconGitCompare,
  IconPlugConnectedX,
  IconProgress,
  IconUserQuestion,
} from '@tabler/icons-react';
import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Status, type Tone } from './status.js';

const LOOKS = {
  'in-sync': { tone: 'good', icon: IconCircleCheck },
  pending: { tone: 'busy', icon: IconProgress },
  failed: { tone: 'bad', icon: IconCircleX },
  drifted: { tone: 'warn', icon: IconGitCompare },
  offline: { tone: 'none', icon: IconPlugConnectedX },
  'never-enrolled': { tone: 'none', icon: IconUserQuestion },
  quarantined: { tone: 'bad', icon: IconBiohazard },
} as const satisfies Record<SyncState, { tone: Tone; icon: Icon }>;

/** Where an appliance stands, as icon and word. */
export function SyncStatus({ state }: { readonly state: SyncState }): ReactNode {
  const { t } = useTranslation();
  return <Status {...LOOKS[state]}>{t(`sync.${state}`)}</Status>;
}

const FACET_LOOKS = {
  absent: { tone: 'none', icon: IconUserQuestion },
  pending: { tone: 'busy', icon: IconProgress },
  applied: { tone: 'good', icon: IconCircleCheck },
  failed: { tone: 'bad', icon: IconCircleX },
  drifted: { tone: 'warn', icon: IconAlertTriangle },
} as const;

/** Where one facet stands on a box, as icon and word. */
export function FacetStatus({ state }: { readonly state: keyof typeof FACET_LOOKS }): ReactNode {
  const { t } = useTranslation();
  return <Status {...FACET_LOOKS[state]}>{t(`facet.state.${state}`)}</Status>;
}
