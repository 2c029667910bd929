import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

/** The one accent. Every other colour means a state. */
const iris: MantineColorsTuple = [
  '#f1f0fb',
  '#dedcf3',
  '#bcb7e6',
  '#9890da',
  '#796fcf',
  '#6459c9',
  '#5a4ec7',
  '#4b40b0',
  '#42389e',
  '#382f8b',
];

/** Greys of the dark scheme, with the faintest blue in them. */
const dark: MantineColorsTuple = [
  '#d3d7de',
  '#b8bdc7',
  '#9aa1ad',
  '#6d7480',
  '#434955',
  '#353b46',
  '#262a33',
  '#1d2026',
  '#16181d',
  '#101216',
];

/** Latin and Hangul from one family wherever there is one. Nothing is fetched from elsewhere. */
const FONTS =
  'Pretendard, Inter, -apple-system, "Segoe UI", "Noto Sans KR", "Noto Sans CJK KR", "Noto Sans", Roboto, "Apple SD Gothic Neo", "Malgun Gothic", system-ui, sans-serif';

export const theme = createTheme({
  colors: { iris, dark },
  primaryColor: 'iris',
  primaryShade: { light: 7, dark: 5 },
  fontFamily: FONTS,
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", "Noto Sans Mono", "DejaVu Sans Mono", "Noto Sans Mono CJK KR", monospace',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  headings: { fontWeight: '600', sizes: { h1: { fontSize: '1.375rem' }, h2: { fontSize: '1rem' }, h3: { fontSize: '0.9375rem' } } },
});

/** Colours of states, dark enough on white and light enough on dark for small text (WCAG AA). */
export const resolveVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#5b626b',
    '--mantine-color-placeholder': '#6b727b',
    '--mantine-color-anchor': '#4b40b0',
    '--accent': '#4b40b0',
    '--state-good': '#1d7a3a',
    '--state-warn': '#96590a',
    '--state-bad': '#c42b2b',
    '--state-none': '#5b626b',
    '--state-busy': '#1a63b8',
    '--surface-raised': '#ffffff',
    '--surface-base': '#f6f7f9',
    '--line': '#dfe3e8',
    '--row-hover': '#f1f2f8',
    '--row-active': '#e7e5f6',
  },
  dark: {
    '--mantine-color-dimmed': '#a3a9b3',
    '--mantine-color-placeholder': '#8b929c',
    '--mantine-color-body': '#1d2026',
    '--mantine-color-anchor': '#aaa2f2',
    '--accent': '#aaa2f2',
    '--state-good': '#5fce80',
    '--state-warn': '#efb351',
    '--state-bad': '#ff8787',
    '--state-none': '#a3a9b3',
    '--state-busy': '#74b4f7',
    '--surface-raised': '#1d2026',
    '--surface-base': '#16181d',
    '--line': '#333842',
    '--row-hover': '#242832',
    '--row-active': '#2d2c48',
  },
});
