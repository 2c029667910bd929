/** A piece of a text with macros: literal text, or a variable with its selector (empty: none). */
export type MacroPart = string | readonly [variable: string, selector: string];

/** A text that may hold macros (`%{TX.score}`); a plain string has none. */
export type MacroText = string | readonly MacroPart[];
