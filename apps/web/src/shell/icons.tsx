const paths = {
  contacts: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-8 8c0-4 4-6 8-6s8 2 8 6",
  accounts: "M4 6h16v12H4zM4 7l8 6 8-6",
  signatures: "M4 18c4-1 5-12 9-12 3 0 1 8-3 8 4 0 6-2 10-2M4 21h16",
  preferences: "M4 7h10m4 0h2M4 17h2m4 0h10M16 4v6M8 14v6",
  sync: "M5 11a7 7 0 0 1 12-4l2 2m0-5v5h-5M19 13a7 7 0 0 1-12 4l-2-2m0 5v-5h5",
  conflicts: "M8 4v5a4 4 0 0 0 4 4 4 4 0 0 1 4 4v3M16 4v5c0 1-.3 1.800-.8 2.500M8 20v-3c0-1 .3-1.800.8-2.500",
  past: "M4 12a8 8 0 1 0 3-6.200L4 8m0-4v4h4M12 8v4l3 2",
  devices: "M4 5h12v9H4zM2 18h12M17 9h4v10h-4z",
  security: "M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6z",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14Zm5-2 4 4",
  plus: "M12 5v14M5 12h14",
  back: "M15 5l-7 7 7 7",
  star: "M12 4l2.400 5 5.600.700-4 3.900 1 5.400-5-2.600L7 19l1-5.400-4-3.900 5.600-.700z",
} as const;

export type IconName = keyof typeof paths;

/** Beside a word that says the same, so hidden from those who listen. */
export function Icon({ name, isFilled = false }: { readonly name: IconName; readonly isFilled?: boolean }) {
  return (
    <svg className={isFilled ? "icon icon--filled" : "icon"} viewBox="0 0 24 24" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}

/** The owl of the app. */
export function Mark() {
  return (
    <svg className="mark" viewBox="8 6 48 52" aria-hidden="true">
      <path
        className="mark__body"
        d="M12 21c0-5 3-9 6-11 4 4 9 6 14 6s10-2 14-6c3 2 6 6 6 11v13c0 12-9 20-20 20S12 46 12 34z"
      />
      <circle className="mark__eye" cx="23.500" cy="30" r="8" />
      <circle className="mark__eye" cx="40.500" cy="30" r="8" />
      <circle className="mark__light" cx="25" cy="29" r="3" />
      <circle className="mark__light" cx="39" cy="29" r="3" />
      <path className="mark__beak" d="M32 36l4 5-4 5-4-5z" />
    </svg>
  );
}
