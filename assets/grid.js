// Enter chooses a row, as the space bar does.
document.addEventListener("keydown", (event) => {
  const row = event.key === "Enter" && event.target.closest(".ag-center-cols-container .ag-row");
  if (row) event.target.dispatchEvent(new KeyboardEvent("keydown", { key: " ", code: "Space", keyCode: 32, bubbles: true }));
});
// What the tables draw in their cells.
window.dashAgGridComponentFunctions = Object.assign(window.dashAgGridComponentFunctions || {}, {
  // A drawing, small; the row's other cells tell its name.
  Thumbnail: (props) =>
    props.data
      ? React.createElement("img", { src: `/media/${props.data.key}/thumb?v=${props.data.modified}`, alt: "", loading: "lazy", className: "thumbnail" })
      : null,
});
