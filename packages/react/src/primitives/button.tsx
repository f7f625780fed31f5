import type { ComponentProps } from "react";

export interface ButtonProps extends ComponentProps<"button"> {
  readonly look?: "plain" | "primary" | "danger" | "quiet";
  readonly size?: "small" | "medium";
}

export function Button({ look = "plain", size = "medium", className, type = "button", ...props }: ButtonProps) {
  const classes = [
    "owl-button",
    look !== "plain" && `owl-button--${look}`,
    size === "small" && "owl-button--small",
    className,
  ];
  return <button {...props} type={type} className={classes.filter(Boolean).join(" ")} />;
}
