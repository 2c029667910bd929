import { notifications } from '@mantine/notifications';
import { useTranslation } from 'react-i18next';

/** Says for a moment that something was done, in a corner of the page. */
export function useNotice(): (message: string) => void {
  const { t } = useTranslation();
  return (message) => void notifications.show({ message, closeButtonProps: { 'aria-label': t('action.close') } });
}
