import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

interface Props {
  readonly isOpen: boolean;
  readonly title: string;
  readonly size?: string;
  /** Whether a click beside it closes it; not where something would be lost. */
  readonly isLight?: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A dialog over the page. Its content exists only while it is open. */
export function Dialog({ isOpen, title, size = 'md', isLight = true, onClose, children }: Props): ReactNode {
  const { t } = useTranslation();
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={title}
      size={size}
      closeOnClickOutside={isLight}
      closeButtonProps={{ 'aria-label': t('action.close') }}
      styles={{ title: { fontWeight: 600 } }}
    >
      {isOpen && children}
    </Modal>
  );
}
