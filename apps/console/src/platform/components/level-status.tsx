import type { Level } from '@phalanx/contracts';
import { IconEye, IconSchool, IconShieldCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Status } from './status.js';

const LOOKS = {
  learning: { tone: 'busy', icon: IconSchool },
  detection: { tone: 'warn', icon: IconEye },
  prevention: { tone: 'good', icon: IconShieldCheck },
} as const;

/** At which level an application stands, as icon and word. */
export function LevelStatus({ level }: { readonly level: Level }): ReactNode {
  const { t } = useTranslation();
  return <Status {...LOOKS[level]}>{t(`level.${level}`)}</Status>;
}
