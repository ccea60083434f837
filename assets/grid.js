// The key that opens does what a click does.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.classList?.contains("ag-cell")) event.target.click();
});
// What the tables draw in their cells.
window.dashAgGridComponentFunctions = Object.assign(window.dashAgGridComponentFunctions || {}, {
  // A drawing, small; the row's other cells tell its name.
  Thumbnail: (props) =>
    props.data
      ? React.createElement("img", { src: `/media/${props.data.key}/thumb?v=${props.data.modified}`, alt: "", loading: "lazy", className: "thumbnail" })
      : null,
});
