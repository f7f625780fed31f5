import { type ReactNode, useState } from "react";
import { Button, type DialogProps } from "../../src/index.ts";

/** A dialog behind the button that opens it. */
export function Opener({
  label,
  children,
}: {
  readonly label: string;
  readonly children: (dialog: Pick<DialogProps, "isOpen" | "onClose">) => ReactNode;
}) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setIsOpen(true)}>{label}</Button>
      {children({ isOpen, onClose: () => setIsOpen(false) })}
    </>
  );
}
