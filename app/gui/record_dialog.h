#pragma once

#include "views/models/recording.h"

class QWidget;

namespace bitwright::gui {

/// Asks what to record and starts it; does not wait. The dialog goes with the model.
void askRecording(QWidget* parent, views::Document& document, views::Recording& recording);

} // namespace bitwright::gui
