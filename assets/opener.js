// Buttons that show what CSS hides beside them in a narrow window: the filters of a bar, the rest of the navigation.
document.addEventListener("click", (event) => {
  const button = event.target.closest(".opener");
  const isOpen = (one) => one.getAttribute("aria-expanded") === "true";
  const open = [...document.querySelectorAll(".opener")].filter(isOpen);
  // Filters stay while several are changed; the navigation closes at the next click anywhere.
  const ended = open.filter((one) => one === button || one.closest(".navigation"));
  if (button && !ended.includes(button)) button.setAttribute("aria-expanded", "true");
  ended.forEach((one) => one.setAttribute("aria-expanded", "false"));
});
document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && document.querySelector('.opener[aria-expanded="true"]');
  if (!open || event.target.closest("[role=dialog]")) return;
  open.setAttribute("aria-expanded", "false");
  open.focus();
});
