import { IconArrowRight, IconBan, IconEye } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Status } from './status.js';

const LOOKS = {
  blocked: { tone: 'bad', icon: IconBan },
  detected: { tone: 'warn', icon: IconEye },
  passed: { tone: 'none', icon: IconArrowRight },
} as const;

/** What was done with a request, as icon and word. */
export function ActionStatus({ action }: { readonly action: keyof typeof LOOKS }): ReactNode {
  const { t } = useTranslation();
  return <Status {...LOOKS[action]}>{t(`event.action.${action}`)}</Status>;
}
