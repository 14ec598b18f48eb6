/** The languages that a reader may choose. */
export type Language = 'en' | 'zh';

/** One sentence in every language. */
export type Words = Readonly<Record<Language, string>>;

/** What a fault says, from the parameters of a finding. */
export type FaultTexts<P> = Readonly<
  Record<
    Language,
    {
      /** What is wrong, with the names and values. */
      readonly what: (params: P) => string;
      /** Why that breaks the traffic. */
      readonly why: (params: P) => string;
      /** What to do, in a sentence. */
      readonly fix: (params: P) => string;
    }
  >
>;

export const texts = <P>(it: FaultTexts<P>): FaultTexts<P> => it;
