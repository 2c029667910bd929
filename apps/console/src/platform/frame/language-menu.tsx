import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import { IconCheck, IconLanguage } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { LANGUAGE_NAMES, LANGUAGES } from '../i18n/language.js';
import { useLanguage } from '../i18n/use-language.js';

/** Chooses the language; the choice is remembered. */
export function LanguageMenu(): ReactNode {
  const { t } = useTranslation();
  const { language, choose } = useLanguage();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Tooltip label={t('frame.language')}>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('frame.language')}>
            <IconLanguage size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {LANGUAGES.map((candidate) => (
          <Menu.Item
            key={candidate}
            lang={candidate}
            onClick={() => choose(candidate)}
            rightSection={candidate === language ? <IconCheck size={14} aria-hidden /> : null}
          >
            {LANGUAGE_NAMES[candidate]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
